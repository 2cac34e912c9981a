"""Starts 电答 from a fresh clone: environments, secrets, model, processes, and the way to talk to them.

Standard library and Python 3.8 only: this runs before the environments exist.
"""
