import random, re, yaml, glob
from actions.complaint import ComplaintService
from actions.repair import RepairService
from actions.request import RequestService
from actions.outage import OutageService
from actions.smalltalk import SmalltalkService
from actions.handoff import HandoffService
from actions.hazard import HazardService
import pytest
@pytest.mark.timeout(500)
async def test_x(talk_to):
    pool={}
    for f in glob.glob('data/*/nlu.yml'):
        for i in yaml.safe_load(open(f))['nlu']:
            if 'intent' not in i: continue
            pool.setdefault(i['intent'],[]).extend(l[2:] for l in i['examples'].splitlines())
    rnd=random.Random(7)
    from collections import Counter
    seen=Counter()
    mine=['complaint']+sorted(RequestService.intents)
    for n in range(90):
        t=talk_to(ComplaintService(),RepairService(),RequestService(),OutageService(),SmalltalkService(),HandoffService(),HazardService(),conversation=f'c{n}')
        log=[]
        for k in range(14):
            if k and t.buttons and rnd.random()<.35:
                title,_=rnd.choice(t.buttons)
                try:
                    await t.presses(title)
                except Exception as e:
                    print(log, title); raise
                log.append('['+title+']')
            else:
                it=rnd.choice(mine) if rnd.random()<.4 or not k else rnd.choice(['inform','affirm','deny','cancel','thanks','chitchat_oos','outage_query','bill_query','handoff','nlu_fallback','complaint'])
                raw=rnd.choice(pool['inform' if it=='nlu_fallback' else it])
                ents={}
                for m in re.finditer(r'\[([^\]]*)\]\((\w+)\)',raw): ents.setdefault(m[2],m[1])
                text=re.sub(r'\[([^\]]*)\]\([^)]*\)',r'\1',raw)
                log.append(text[:40]+'/'+it)
                if it=='bill_query': it='nlu_fallback'
                try:
                    await t.says(text,it,**ents)
                except Exception as e:
                    print(log); raise
            assert t.text.strip() or t.turn.replies, log
            seen.update(t.said)
            if 'utter_busy' in t.said: print('BUSY',log)
    for k,v in sorted(seen.items()):
        if 'complaint' in k or 'request' in k: print(v,k)
    R=__import__('tests.actions.talk',fromlist=['RESPONSES']).RESPONSES
    print('UNSEEN',[k for k in R if ('complaint' in k or 'request' in k) and k not in seen])
