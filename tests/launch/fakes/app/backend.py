from app.gateway import Gateway


def backend() -> Gateway:
    return Gateway()
