"""Every Chinese sentence the backend itself says: sources of facts and notes of time lines."""

from typing import Final

ACCOUNTS: Final = "澜湾供电公司营销系统（演示）"
OUTAGES: Final = "澜湾供电公司停电信息系统（演示）"
TICKETS: Final = "澜湾供电公司工单系统（演示）"

CITY: Final = "澜湾市"
PAY_URL: Final = "https://pay.example.com/electricity"

RECEIVED: Final = "受理"
RECEIVED_NOTE: Final = "已登记，由{contact}处理"
JOINED: Final = "并入"
JOINED_NOTE: Final = "同一处故障又有客户报修，已并入本工单"
ATTACHED: Final = "关联故障"
ATTACHED_NOTE: Final = "{scope}正在停电（{reason}），本工单随该故障一并处理"
UNKNOWN_ACCOUNT: Final = "户号待核"
UNKNOWN_ACCOUNT_NOTE: Final = "所报户号未查到，由工作人员核对"
URGED: Final = "催办"
URGED_NOTE: Final = "客户催办，已转{contact}"
ADDED: Final = "补充"

HIDDEN: Final = "***"
