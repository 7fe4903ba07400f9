"""The English that asks for a person: patterns over lower-case words with single spaces and no punctuation."""

from __future__ import annotations

import re


def _any(phrases: str) -> str:
    """One of these; commas part them."""
    return f"(?:{'|'.join(' '.join(phrase.split()) for phrase in phrases.split(','))})"


_SWEARING = "fucking,fuckin,damn,damned,goddamn,bloody,freaking,effing"
_ADJECTIVE = _any(f"""
    a,an,any,some,the,one of,your,ur,real,live,actual,human,proper,genuine,living,breathing,different,other,another,
    responsible,competent,customer,client,service,support,care,sales,whole,member of,{_SWEARING}
""")
# Nouns that mean a person of the business by themselves, and those that do only behind "talk to" and the like.
_STRONG = _any("""
    human(?: being)?s?,persons?,agents?,operators?,representatives?,reps?,supervisors?,managers?,advis[eo]rs?,
    human (?:help|support|assistance|contact|service),
    (?:someone|somebody|anyone|anybody) (?:real|human|alive|from (?:your|ur|the) (?:team|support|company))
""")
_WEAK = _any("""
    somebody,someone,anyone,anybody,assistants?,employees?,colleagues?,staff,people,team,support team,boss
""")
STRONG_ONE = rf"(?:{_ADJECTIVE} )*{_STRONG}(?: agents?)?"
_ANY_ONE = rf"(?:{_ADJECTIVE} )*(?:{_STRONG}|{_WEAK})(?: else)?(?: real| human| alive)?"

_TALK = (
    r"(?:talk|talking|speak|speaking|chat|chatting|contact|contacting|get in touch|be in touch|discuss|reach)"
    rf"(?: (?:directly|live|now|again|about it|(?:this|it)(?: over)?))?(?: to| with| through to)? {_ANY_ONE}"
)
_CONNECT = _any("""
    connect,connected,transfer,transferred,put,pass,forward,redirect,direct,refer,switch,hand,escalate,patch,link
""")
_GIVE = (
    rf"(?:get|give|send|find|fetch|bring|have|lend)(?: me| us| to)? {STRONG_ONE}"
    rf"|(?:get|give|find|fetch|send) (?:me|us) {_ANY_ONE}"
    rf"|{_CONNECT}(?: (?:me|us|(?:the|this|my) (?:chat|case|conversation)))?"
    rf"(?: over| through| on| across| up)?(?: directly)?(?: to| with)(?: me)? {_ANY_ONE}"
    rf"|escalate (?:this|it) to {_ANY_ONE}"
)
_WANT = rf"(?:want|wanna|need|prefer|like|require|demand|request|looking for|asking for|ask for) {STRONG_ONE}"
_THERE = (
    rf"(?:is|are) there {STRONG_ONE}(?: here| there| available| around| online)?"
    rf"|(?:is|are) there {_ANY_ONE} (?:that |who )?(?:i can|i could|can i|could i) (?:talk|speak|chat) (?:to|with)"
)
_HELPS = (
    rf"(?:can|could|may|would|will) {STRONG_ONE} (?:please )?"
    r"(?:help|talk|speak|chat|answer|reply|respond|assist|contact|take over|take a look|look)"
    r"(?: (?:to|with))?(?: me| us| (?:at|into) .*)?"
    rf"|(?:can|could) {_ANY_ONE} (?:please )?(?:talk|speak|chat) (?:to|with) (?:me|us)"
)
_TAIL = "(?: " + _any("""
    please,pls,plz,now,right now,today,asap,instead,here,directly,immediately,urgently,again,already,thanks,thank you,
    real,human,or what,if possible,then,actually,quickly,soon,online,in (?:this|the) chat,ok,okay,yes,pronto,ffs,lol,
    omg,of yours,
    (?:from|at|in|of|on) (?:your|ur|the) (?:team|company|support|support team|customer service|side|end|staff),
    (?:who|that|which) (?:can|could|will|would|is|knows|know|understands|really|actually|speaks)(?: .*)?,
    to (?:help|assist|answer|sort|resolve|solve|fix|handle|deal|look|review|check)(?: .*)?,
    for (?:help|support|assistance|this|that|once),
    (?:about|regarding|concerning|because|since|as|over|re|so|and not|not|rather than|instead of|than|cause|cos) .*,
    how (?:do|can|could) (?:i|we)(?: do (?:it|that|this))?,(?:could|can) (?:ya|you|u) help(?: me)?,help(?: me)?,
    before i .*,what do i (?:do|have to do|need to do)
""") + ")*"  # fmt: skip
WISH = re.compile(rf"(?P<before>(?:\S+ )*?)(?:{_TALK}|{_GIVE}|{_WANT}|{_THERE}|{_HELPS}){_TAIL}")
ALONE = re.compile(
    rf"(?:(?:please|pls|plz|hi|hello|hey|no|just|ok|okay|a|yes|yeah|real|now) )*{STRONG_ONE}{_TAIL}"
)

# What may stand before it. A word that is not here makes the clause one about something else.
_BEFORE = f"""
    i im id am ive ill we wed u you ya yous can could would will may might shall want wanted wants wanna need needs
    needing like love rather much prefer wish have has had got gotta gonna to too a any the me us please pls plz just
    really only now how what way ways of help helping assist assistance support know dont do does cant cannot couldnt
    not able unable is it its possible possibly try trying tried let lets get getting for there so and but then ok okay
    hi hello hey sorry no yes yeah well go should must still directly immediately finally already again urgently asap
    today in order here straight honestly seriously be glad happy grateful kindly somehow hope hoping thanks option why
    may ask asking understand find chance desperately frustrated that this {_SWEARING.replace(",", " ")}
"""
BEFORE = frozenset(_BEFORE.split())
UNWANTED = re.compile(
    r"\b(?:dont|do not|doesnt|not|never|no|without|didnt|wouldnt)(?: (?:really|even|actually))?"
    r" (?:want|wanted|wanna|need|needing|like|love|have to|having|got|wish|rather|prefer|ask)\b"
    r"|(?<!what )\b(?:do|will|would|should|must) (?:i|we) (?:really |still )?(?:need|have|want|got)?(?: to)?$"
    r"|\bam i\b|\bwhy (?:do|should|would|must|is|not)\b|\b(?:do|does) (?:you|u|ya|it) have\b|\brather not\b"
)
# What customers say of the assistant before they ask for somebody else.
_THEN = (
    "(?="
    + _any("""
    i,can,could,let,give,get,want,need,help,assistance,please,pls,plz,wanna,put,connect,transfer,but,so,just,how,talk,
    speak,chat,contact
""")
    + r"\b)"
)
_BAD = _any("""
    not,arent,isnt,dont,doesnt,cant,useless,stupid,unhelpful,hopeless,pointless,rubbish,terrible,dumb,wont,nothing
""")
COMPLAINT = re.compile(
    r"(?:i|we)(?: really| just)? (?:dont|do not|cant|cannot|can not|wont) (?:want|need|like|understand|get|trust|stand)"
    rf" (?:\S+ ){{1,6}}?(?<!to ){_THEN}"
    rf"|(?:you|u|ur|uare|uarent|youre|your|this|it|the|that)\b (?:\S+ ){{0,5}}?{_BAD}\b (?:\S+ ){{0,4}}?{_THEN}"
)
_YES = _any("""
    yes,yeah,yep,yup,ya,sure,please,pls,absolutely,definitely,of course,go ahead,do,do it,do that,i would,id like that,
    that would be (?:great|good|nice|lovely),why not,pass it on,go on,sounds good
""")
YES = re.compile(
    rf"(?:(?:ok|okay) )*{_YES}(?: {_YES}| thanks| thank you| thx)*|ok|okay"
)  # "ok thanks" takes leave

NO = re.compile(
    r"(?:(?:oh|um+|hm+|ok|okay|no|nope|sorry|thanks) )*"
    r"(?:no|nope|nah|no (?:thanks|thank you|thx|need|way)|not (?:now|yet|today|really|necessary|needed)|rather not|"
    r"(?:please )?(?:dont|do not)(?: do (?:it|that))?|id rather not|i would rather not|maybe later|later)"
    r"(?: (?:please|thanks|thank you|thx|its fine|its ok|thats fine|thats ok|for now|no|dont))*"
)  # to the offer of a person

# --- back to the assistant -----------------------------------------------------------------------

_ASSISTANT = (
    r"(?:(?:the |this |a |your )?(?:chat ?)?(?:bot|robot|ai|machine|computer)"
    r"|(?:the |this |your )?(?:automated|automatic|virtual|digital|ai) assistant|(?:the|this) assistant)"
)
_WORDS_AROUND = _any("""
    please,pls,ok,okay,no,hi,hey,sorry,actually,never ?mind,nvm,forget it,can,could,may,i,we,id,you,u,let,lets,me,want,
    wanna,would,like,rather,prefer,to,just,take,get,put,bring,ill,will,thanks,so,then,now,go on,carry on
""")
BACK = re.compile(
    rf"(?:{_WORDS_AROUND} )*"
    rf"(?:(?:go |going |come |switch |return |change |move )?back (?:to|with) (?:{_ASSISTANT}|assistant)"
    r"|(?:return|switch|change|continue|carry on|go on|talk|speak|chat) (?:to|with|talking to|chatting with)"
    rf" {_ASSISTANT}"
    r"|(?:go on|carry on|continue) with you)(?: (?:please|pls|again|instead|now|then|thanks))*"
)
NO_PERSON = re.compile(
    r"(?:(?:ok|okay|actually|never ?mind|nvm|sorry|no|so|thanks) )*(?:i |we )?"
    rf"(?:dont|do not|no longer|dont actually) (?:need|want) {STRONG_ONE}"
    r"(?: any ?more| any longer| after all| now)?(?: thanks| thank you)?"
    rf"|(?:forget|cancel)(?: about)? {STRONG_ONE}"
)

# --- slips ---------------------------------------------------------------------------------------

SMALL_SLIPS = {
    "wth": "with", "wiht": "with", "wirh": "with", "whit": "with", "wit": "with", "ot": "to", "tp": "to", "2": "to",
    "na": "an", "hep": "help", "hlp": "help", "helo": "help", "ho": "how", "hwo": "how", "cn": "can", "nede": "need",
}  # fmt: skip
KEYWORDS = (
    "human", "person", "agent", "operator", "representative", "supervisor", "manager", "adviser", "advisor",
    "assistant", "somebody", "someone", "anybody", "anyone", "employee", "colleague", "people", "talk", "talking",
    "speak", "speaking", "chat", "chatting", "contact", "contacting", "connect", "transfer", "assistance", "trying",
    "want",
)  # fmt: skip
_OTHER_WORDS = """
    contract contracts taking walking stalk cheat chats chap chart charts chatty hats manage manages managed persona
    personal sneak speaker staying stuff agency assistants persons agents humans humane humanely operators operate
    managers advisors advisers contacted
"""
OTHER_WORDS = frozenset(_OTHER_WORDS.split())  # words of their own, a slip away from those
