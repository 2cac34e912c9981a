"""The contract with the power company's systems: models, one typed client, one error tree.

Used by the actions and the desk as customers of the contract, and by the backend (models only) as its stand-in.
"""
