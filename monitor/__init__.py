"""transferwatch: measure which health data leaves the EU, to whom, and under whose law."""

__version__ = "0.1.0"
