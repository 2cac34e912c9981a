from actions.complaint import ComplaintService
from actions.repair import RepairService
from actions.request import RequestService
from actions.outage import OutageService
from actions.smalltalk import SmalltalkService
from actions.turn import Clause
async def test_x(talk_to):
    def new(n):
        print('=====',n)
        return talk_to(ComplaintService(),RepairService(),RequestService(),OutageService(),SmalltalkService(),conversation=n)
    async def s(*a,**k):
        print('>',a[0]); await t.says(*a,**k); print(t.text,t.titles)
    async def p(a):
        print('>[%s]'%a); await t.presses(a); print(t.text,t.titles)
    t=new('1')
    await s('昨晚电视烧了','appliance_damage',device='电视')
    await s('13912345678','inform',phone='13912345678'); await p('确认提交')
    await s('过户要带什么','transfer_account')
    await s('那电价多少','tariff')
    await p('登记,请专人联系我'); await p('确认提交')
    await s('我要匿名举报偷电','report_theft'); 
    await s('东边那家养鱼的把线直接挂在电线上,晚上偷偷用','outage_query'); await s('好的','affirm')
    await s('你们有什么承诺','commitments')
    await s('来电了','notice_receipt'); await s('收到','notice_receipt'); await s('还没来电','notice_receipt')
    await s('翠湖苑','inform',community='翠湖苑')
    t=new('2')
    await s('举报供电所的人收钱','report_misconduct'); await s('翠湖苑换表的师傅11月3号让每户交五十辛苦费','report_misconduct',community='翠湖苑')
    await p('匿名,不留电话'); await p('确认提交')
    await s('表扬师傅','suggestion_praise'); await s('算了','cancel')
    t=new('3')
    await s('我要投诉电费太贵,上个月多收了我五十块','complaint')
    await s('没了','deny'); await s('不想留电话','deny')
    await p('确认提交')
    t=new('4')
    await s('我要投诉','complaint'); await s('算了不投诉了','cancel')
    await s('我要投诉','complaint'); await s('营业厅的人骂我,我妈用呼吸机','complaint');await s('就这些','inform'); await s('怎么收费的','tariff'); await s('13912345678','inform'); await s('不对','deny'); await p('补充内容'); await s('他还摔了我的材料,就这些','complaint'); await p('确认提交')
    t=new('5')
    await s('停电三天没人管,我要投诉','complaint',clauses=(Clause('停电三天没人管','outage_query',0.9,0),Clause('我要投诉','complaint',0.9,8)))
