"""The WeChat official account: verify → parse → render → send. Facts and their sources: docs/wechat.md.

door        who knocks: signatures, encryption
incoming    XML → what the customer did
rendering   messages of the desk → texts, menus, pictures
passive     the answer that goes back with the request
api         the platform's API, its token, its errors
carrier     what delivery uses (desk.ports.Carrier)
media       pictures that customers send
routes      the web addresses
"""
