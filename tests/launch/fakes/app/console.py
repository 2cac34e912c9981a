from app.gateway import Gateway


def console() -> Gateway:
    return Gateway()
