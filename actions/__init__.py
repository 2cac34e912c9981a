"""What the bot does when it has understood: one module per service, and the few nouns that all services share."""
