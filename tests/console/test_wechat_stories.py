"""The same stories with a customer on WeChat: what the platform still takes is shown and kept to."""

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from tests.channels.wechat_platform import Platform
from tests.console.acting import AT_ONCE, PATIENCE, ends, mine, opens, presence, replies, signed_in, transcript
from tests.stack import Stack

pytestmark = pytest.mark.bot


class Follower:
    """A customer on WeChat. What they read came with the answer to a call or by a message of its own."""

    def __init__(self, platform: Platform) -> None:
        self.user = f"openid-story-{time.time_ns()}"
        self._platform, self._answers = platform, list[str]()

    def says(self, text: str) -> None:
        self._answers.append(self._platform.say(self.user, text).answer)

    @property
    def read(self) -> str:
        return "\n".join([*self._answers, *self._platform.texts(self.user)])

    def reads(self, text: str, seconds: float = 15.0) -> None:
        until = time.monotonic() + seconds
        while text not in self.read and time.monotonic() < until:
            time.sleep(0.05)
        assert text in self.read


def test_an_agent_talks_to_a_customer_on_wechat_and_hands_back(
    browser: Browser, stack: Stack, wechat: Platform
) -> None:
    follower = Follower(wechat)
    with signed_in(browser, stack, "kefu") as agent:
        presence(agent, "就绪")
        follower.says("翠湖苑停电了")
        follower.reads("预计恢复")
        follower.says("转人工")
        follower.reads("1号客服为您服务")
        expect(mine(agent)).to_contain_text("微信", timeout=PATIENCE)
        opens(agent, mine(agent))
        expect(transcript(agent)).to_contain_text("翠湖苑", timeout=PATIENCE)
        replies(agent, "您好，已经在催抢修")
        follower.reads("已经在催抢修", seconds=4)
        expect(transcript(agent).locator(".dd-state.sent").last).to_contain_text("已送达", timeout=PATIENCE)
        follower.says("好的，大概要多久")
        expect(transcript(agent)).to_contain_text("大概要多久", timeout=AT_ONCE)
        before = follower.read.count("智能客服")
        ends(agent)
        follower.reads("您对这次人工服务满意吗")
        follower.says("你好")
        follower.reads("我在")
        assert before == 0, "the bot spoke while a person was there"


def test_what_wechat_still_takes_is_shown_and_no_more_is_sent(browser: Browser, stack: Stack, wechat: Platform) -> None:
    follower = Follower(wechat)
    with signed_in(browser, stack, "kefu") as agent:
        presence(agent, "就绪")
        follower.says("人工客服")
        follower.reads("1号客服为您服务")
        opens(agent, mine(agent))
        allowance = agent.locator(".dd-allowance")
        expect(allowance).to_contain_text(re.compile(r"还可发 \d+ 条 · 剩 \d+:\d\d"), timeout=PATIENCE)
        box = agent.get_by_label("回复客户")
        expect(box).to_be_enabled(timeout=PATIENCE)
        sent = 0
        while box.is_enabled() and sent < 25:
            sent += 1
            replies(agent, f"第{sent}句。")
            follower.reads(f"第{sent}句。")
            agent.wait_for_timeout(1800)  # the page looks at the allowance every second and a half
        expect(allowance).to_contain_text("还可发 0 条")
        expect(box).to_have_attribute("placeholder", re.compile("已用完"))
        assert 1 <= sent < 25
        follower.says("我还在")
        expect(box).to_be_enabled(timeout=PATIENCE)
        replies(agent, "又能发了")
        follower.reads("又能发了")
        ends(agent, "其他咨询")
