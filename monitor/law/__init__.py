"""The law in force on a day, and what it says about a record."""
