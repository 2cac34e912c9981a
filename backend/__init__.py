"""The stand-in for the power company's systems, behind the contract of `utility`.

Its OpenAPI document is what a utility implements; nothing else of ours may import this package.
"""
