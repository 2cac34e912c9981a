"""The page on which customers bind and let go accounts: opened once from a signed link, on WeChat behind OAuth.

pages    the HTML of it
session  who has opened it: a signed cookie, and the word that a form must bring along
routes   its addresses
"""
