"""Which tags does MJML have, what may stand in each, and which attributes does it take?

After the component pages of the MJML 4 documentation. The compiler passes over a word it does not know without a sound,
so this list is what finds a mistyped one.
"""

from __future__ import annotations

from typing import Final

_PADDING: Final = "padding padding-top padding-right padding-bottom padding-left"
_INNER_PADDING: Final = "inner-padding inner-padding-top inner-padding-right inner-padding-bottom inner-padding-left"
_BORDER: Final = "border border-top border-right border-bottom border-left border-radius"
_INNER_BORDER: Final = (
    "inner-border inner-border-top inner-border-right inner-border-bottom inner-border-left inner-border-radius"
)
_FONT: Final = "font-family font-size font-style font-weight letter-spacing line-height text-decoration text-transform"
_LINK: Final = "href rel target title name"
_BOX: Final = f"css-class mj-class container-background-color {_PADDING}"
_BACKGROUND: Final = (
    "background-color background-url background-repeat background-size background-position background-position-x"
    " background-position-y"
)
_ICONS: Final = (
    "icon-align icon-height icon-position icon-unwrapped-alt icon-unwrapped-url icon-width icon-wrapped-alt"
    " icon-wrapped-url"
)
_SECTION: Final = f"css-class mj-class {_PADDING} {_BORDER} {_BACKGROUND} direction full-width text-align"

_ATTRIBUTES: Final = {
    "mjml": "lang dir owa",
    "mj-head": "",
    "mj-attributes": "",
    "mj-breakpoint": "width",
    "mj-font": "name href",
    "mj-preview": "",
    "mj-style": "inline",
    "mj-title": "",
    "mj-body": "width background-color css-class mj-class",
    "mj-wrapper": f"{_SECTION} gap",
    "mj-section": _SECTION,
    "mj-group": "css-class mj-class width vertical-align background-color direction",
    "mj-column": (
        f"css-class mj-class {_PADDING} {_BORDER} {_INNER_BORDER} width vertical-align direction background-color"
        " inner-background-color"
    ),
    "mj-hero": (
        f"{_BOX} {_BACKGROUND} {_INNER_PADDING} background-height background-width border-radius height width mode"
        " vertical-align inner-background-color align"
    ),
    "mj-text": f"{_BOX} {_FONT} align color height",
    "mj-button": f"{_BOX} {_FONT} {_BORDER} {_LINK} {_INNER_PADDING} align background-color color height text-align"
    " vertical-align width",
    "mj-image": f"{_BOX} {_BORDER} {_LINK} align alt fluid-on-mobile font-size height max-height sizes src srcset"
    " usemap width",
    "mj-divider": f"{_BOX} align border-color border-style border-width width",
    "mj-spacer": f"{_BOX} {_BORDER} height",
    "mj-table": f"{_BOX} {_FONT} align border cellpadding cellspacing color role table-layout width",
    "mj-raw": "position",
    "mj-social": f"{_BOX} {_FONT} {_INNER_PADDING} align border-radius color icon-height icon-padding icon-size mode"
    " table-layout text-padding",
    "mj-social-element": (
        f"css-class mj-class {_PADDING} {_FONT} {_LINK} align alt background-color border-radius color icon-height"
        " icon-padding icon-position icon-size sizes src srcset text-padding vertical-align"
    ),
    "mj-navbar": (
        f"{_BOX} align base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size ico-line-height"
        " ico-open ico-padding ico-padding-top ico-padding-right ico-padding-bottom ico-padding-left"
        " ico-text-decoration ico-text-transform"
    ),
    "mj-navbar-link": f"css-class mj-class {_PADDING} {_FONT} {_LINK} color",
    "mj-accordion": f"{_BOX} {_ICONS} border font-family",
    "mj-accordion-element": f"css-class mj-class {_ICONS} background-color border font-family",
    "mj-accordion-title": f"css-class mj-class {_PADDING} background-color color font-family font-size font-weight",
    "mj-accordion-text": f"css-class mj-class {_PADDING} {_FONT} background-color color",
    "mj-carousel": (
        f"{_BOX} align border-radius icon-width left-icon right-icon tb-border tb-border-radius"
        " tb-hover-border-color tb-selected-border-color tb-width thumbnails"
    ),
    "mj-carousel-image": "css-class mj-class alt border-radius href rel src target tb-border tb-border-radius"
    " thumbnails-src title",
}
ATTRIBUTES: Final = {tag: frozenset(words.split()) for tag, words in _ATTRIBUTES.items()}
ANY_ATTRIBUTE: Final = frozenset[str]().union(*ATTRIBUTES.values())

_CONTENT: Final = (
    "mj-text mj-button mj-image mj-divider mj-spacer mj-table mj-raw mj-social mj-navbar mj-accordion mj-carousel"
)
_CHILDREN: Final = {
    "": "mjml",
    "mjml": "mj-head mj-body",
    "mj-head": "mj-attributes mj-breakpoint mj-font mj-preview mj-raw mj-style mj-title",
    "mj-body": "mj-wrapper mj-section mj-hero mj-raw",
    "mj-wrapper": "mj-section mj-hero mj-raw",
    "mj-section": "mj-column mj-group mj-raw",
    "mj-group": "mj-column mj-raw",
    "mj-column": _CONTENT,
    "mj-hero": _CONTENT,
    "mj-social": "mj-social-element mj-raw",
    "mj-navbar": "mj-navbar-link mj-raw",
    "mj-accordion": "mj-accordion-element mj-raw",
    "mj-accordion-element": "mj-accordion-title mj-accordion-text mj-raw",
    "mj-carousel": "mj-carousel-image",
}
# What may stand directly in each tag; the others hold HTML, or nothing.
CHILDREN: Final = {tag: frozenset(words.split()) for tag, words in _CHILDREN.items()}

# Tags whose content is text alone: no tag and no comment stands in it.
TEXT_ONLY: Final = frozenset({"mj-preview", "mj-title", "mj-style"})
HTML: Final = frozenset(
    {
        *("mj-text", "mj-button", "mj-table", "mj-raw", "mj-social-element", "mj-navbar-link"),
        *("mj-accordion-title", "mj-accordion-text"),
    }
)
