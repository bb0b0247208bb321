"""What `make evaluate` and `make bench` are made of. Modules say which of the two Python environments they run in."""
