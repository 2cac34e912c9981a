"""The demo town 澜湾市 (invented): everything a fresh backend is filled with, relative to the day of seeding."""
