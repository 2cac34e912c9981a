"""Telegram: off unless configured. A webhook takes updates in; delivery sends everything out.

incoming    update → what the customer did
rendering   messages of the desk → texts with keyboards, pictures
carrier     what delivery uses (desk.ports.Carrier)
routes      the web address that Telegram calls
"""
