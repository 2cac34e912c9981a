"""What the backend says about incidents: to customers in outages and answers, to staff in histories and refusals."""

from typing import Final

from utility.incidents import IncidentOrigin, IncidentStep, Outcome

SEPARATOR: Final = "、"
LOOKING: Final = "故障原因正在查明"
UNKNOWN_TYPE: Final = "未查明"
AUTOMATIC: Final = "自动"

PROPOSED: Final = "提出"
CONFIRMED: Final = "确认"
WITHDRAWN: Final = "撤销"
ABSORBED: Final = "并入{id}"
ESTIMATED: Final = "预计"
CAUSE: Final = "原因"
VIOLATION: Final = "违规登记"
REOPENED: Final = "重新打开"
NOT_BACK: Final = "有客户反映仍未来电，正在重新核查处理"
PROGRESS: Final = "进展"
DETACHED: Final = "取消关联"
DETACHED_NOTE: Final = "所关联的停电信息已撤销，本工单单独处理"
FIXED_WITH: Final = "随故障事件{id}恢复"

RECEIVED: Final = {
    IncidentOrigin.REPORTS: "收到多位客户报修",
    IncidentOrigin.ALARM: "监测系统发出停电告警",
    IncidentOrigin.HAND: "故障已登记",
}
STEPS: Final = {
    IncidentStep.RECEIVED: "故障已登记",
    IncidentStep.DISPATCHED: "已派{team}",
    IncidentStep.ACCEPTED: "抢修班已出发",
    IncidentStep.ARRIVED: "抢修人员已到达现场",
    IncidentStep.FIXED: "已恢复供电",
    IncidentStep.REVISITED: "已回访",
}
ANSWERS: Final = {
    (True, Outcome.RECORDED): "已记录，感谢确认。",
    (False, Outcome.RECORDED): "已记录。",
    (False, Outcome.REOPENED): "已重新打开本次故障，抢修人员会再次核查，有进展会告知。",
    (False, Outcome.UNDER_REPAIR): "抢修仍在进行，恢复供电后会告知。",
    (False, Outcome.TICKET): "周边已恢复供电，您处可能另有故障，已登记报修单{ticket}，由{contact}处理。",
}
NOT_BACK_SYMPTOM: Final = "没电"
NOT_BACK_WORDS: Final = "来电确认：仍未来电"

OVER: Final = "故障事件已恢复或已撤销"
NOT_CONFIRMED: Final = "故障事件还没有确认"
NOT_RESTORED: Final = "供电还没有恢复，不能回访"
STEP_BEHIND: Final = "已经进行到“{stage}”，不能再补登“{step}”"
AREA_TAKEN: Final = "台区{area}已有未结束的故障事件{id}"
NO_TYPE: Final = "没有这样的故障类型"
NO_CAUSE: Final = "没有这样的原因代码"
NO_ITEM: Final = "本故障类型没有这个检查项"
NOT_A_BAN: Final = "只有禁止项才能登记违规"
IN_FUTURE: Final = "时间不能晚于现在"
IN_PAST: Final = "预计恢复时间须晚于现在"
TOO_EARLY: Final = "时间不能早于上一步或停电开始"
ACCOUNTS: Final = "故障范围不能按户号填写"
NO_AREA: Final = "没有这样的台区"
NO_FEEDER: Final = "没有这样的线路"
