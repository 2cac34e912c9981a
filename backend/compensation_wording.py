"""What the backend says about compensation and damaged appliances: reasons with their figures, and lines."""

from typing import Final

COMPENSATION: Final = "澜湾供电公司停电补偿台账（演示）"
CLAIMS: Final = "澜湾供电公司家电损坏受理系统（演示）"

PLAN_LATE: Final = (
    "{scope}{kind}（编号{id}）原定{planned}送电，实际{ended}送电，晚{late}分钟，超过规则允许的{threshold}分钟"
)
FAULT_LATE: Final = "{scope}{kind}（编号{id}）{started}停电，{ended}恢复，共{late}分钟，超过规则规定的{threshold}分钟"
REPEATED: Final = "{month}起至本次（{scope}{kind}，编号{id}），该户当月已停电{times}次，超过规则规定的{threshold}次"
ONCE: Final = "按“{name}”（第{version}版）补偿{amount}元"
PER_HOUR: Final = (
    "超出{beyond}分钟，不足1小时按1小时计，共{hours}小时，按“{name}”（第{version}版）每小时{each}元，计{sum}元"
)
CAPPED: Final = "，封顶{cap}元，补偿{amount}元"
AND: Final = "；"

NO_RULE: Final = "目前没有适用于这户的停电补偿规则，不能作出补偿承诺"
NOT_OVER: Final = "{scope}{kind}（编号{id}）尚未结束或尚未登记实际送电时间，送电后按实际时长核定，有结果会主动告知"
NOT_HIT: Final = "{scope}{kind}（编号{id}）的影响范围不包含该户，不符合补偿条件"
NOT_KIND: Final = "{scope}{kind}（编号{id}）不属于补偿规则覆盖的情形"
WITHIN: Final = "{fact}，未超过规则规定，不符合补偿条件：{rules}"
RULE_OF: Final = "“{name}”（第{version}版）超过{threshold}{unit}才补偿"
PLAN_FACT: Final = "{scope}{kind}（编号{id}）原定{planned}送电，实际{ended}送电，晚{late}分钟，当月停电{times}次"
FAULT_FACT: Final = "{scope}{kind}（编号{id}）{started}停电，{ended}恢复，共{late}分钟，当月停电{times}次"
MINUTES: Final = "分钟"
TIMES: Final = "次"
NO_OUTAGE: Final = "近{days}天没有查到影响该户的停电记录，已转工作人员核实，有结果会主动告知"
CANCELLED: Final = "{scope}{kind}（编号{id}）已取消，没有停电"
STAFF_SAID: Final = "审批意见：{reason}"
WAITS: Final = "待审批，有结果会主动告知"

SKILL: Final = "家电损坏"
PROMISE: Final = "家电损坏到场"
CLAIM: Final = "{appliance}（{cls}）{damaged}损坏，购于{bought}，原价{price}元{outage}。{description}"
CLAIM_OUTAGE: Final = "，客户称与停电{id}有关"
UNCLASSED: Final = "类别待核"
LATE_FACT: Final = "损坏于{damaged}，到今天{today}已{days}天"
LATE_RULE: Final = "应在损坏之日起{limit}日内提出，过期视为放弃，因此这次不能受理；如有特殊情况，可以转人工说明"
IN_TIME: Final = "损坏于{damaged}，今天{today}是第{days}天，在损坏之日起{limit}日内"
GIVEN: Final = "{appliance}原价{price}元，购于{bought}，损坏于{damaged}，已使用{months}个月（足月）"
FULL: Final = "购买不超过{months}个月，不可修复的按原价：{price}元"
LIFE: Final = "{cls}使用年限{years}年，即{life}个月"
LEFT: Final = "{price}×(1−{months}/{life})＝{left}元"
LEAST: Final = "折旧后不足原价{share}%的按{share}%：{price}×{share}%＝{amount}元"
NO_CLASS: Final = "没有这类电器的使用年限，由工作人员到场核定"
ESTIMATE: Final = "以上为不可修复时的测算，以核定为准；是否属于供电企业责任、能否修复由到场人员确认"
