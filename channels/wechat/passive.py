"""The answer that goes back with WeChat's own request: one text, in XML, sealed in safe mode."""

import time

from channels.wechat.incoming import Address

NOTHING = "success"  # says that all is well and nothing is to be shown


def answer(address: Address, text: str) -> str:
    """A text message as XML; who sent becomes who receives."""
    return (
        f"<xml><ToUserName>{_data(address.customer)}</ToUserName><FromUserName>{_data(address.account)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_data(text)}</Content></xml>"
    )


def _data(text: str) -> str:
    """In a CDATA section, whose end inside the text begins a new one."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
