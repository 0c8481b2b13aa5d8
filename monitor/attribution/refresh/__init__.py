"""Keep an atlas fresh: take inputs from where the list of sources says, check them, build, and keep what is good."""
