"""How fast and at what cost: measured beside plain Rasa, by anyone, with `make bench`."""
