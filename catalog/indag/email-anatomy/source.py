import re

# RFC 2142 and what is common besides: a mailbox of a function, not of a person.
ROLES = set(
    "abuse admin administrator billing contact dmarc ftp help helpdesk hostmaster hr info it jobs legal mail marketing media "
    "news newsletter noc no-reply noreply office orders postmaster press privacy root sales security service spam support "
    "sysadmin team usenet uucp webmaster www".split()
)

# Domain → provider. In "dotless" mailboxes dots do not count; "tagged" ones take name+tag.
PROVIDERS = {
    "gmail.com": "Google", "googlemail.com": "Google",
    "outlook.com": "Microsoft", "hotmail.com": "Microsoft", "live.com": "Microsoft", "msn.com": "Microsoft",
    "yahoo.com": "Yahoo", "ymail.com": "Yahoo", "aol.com": "AOL",
    "icloud.com": "Apple", "me.com": "Apple", "mac.com": "Apple",
    "proton.me": "Proton", "protonmail.com": "Proton", "pm.me": "Proton",
    "tutanota.com": "Tuta", "tuta.com": "Tuta", "tuta.io": "Tuta",
    "fastmail.com": "Fastmail", "gmx.de": "GMX", "gmx.net": "GMX", "gmx.com": "GMX", "web.de": "WEB.DE",
    "mail.ru": "VK", "bk.ru": "VK", "list.ru": "VK", "inbox.ru": "VK", "yandex.ru": "Yandex", "yandex.com": "Yandex", "ya.ru": "Yandex",
    "qq.com": "Tencent", "163.com": "NetEase", "126.com": "NetEase", "zoho.com": "Zoho",
}  # fmt: skip
DOTLESS = {"Google"}
TAGGED = {"Google", "Microsoft", "Apple", "Proton", "Fastmail", "Yandex"}


def fetch_data(indicator, ctx):
    local, _, domain = indicator.value.rpartition("@")
    provider = PROVIDERS.get(domain)
    mailbox, _, tag = local.partition("+")
    is_role = re.sub(r"[._]", "-", mailbox.lower()) in ROLES
    facts = [
        {"name": "mailbox", "value": mailbox},
        {"name": "domain", "value": domain, "kind": "domain"},
        {"name": "role account", "value": is_role},
        {"name": "free mail provider", "value": provider is not None},
    ]
    if provider:
        facts.append({"name": "provider", "value": provider})
    if tag:
        facts.append({"name": "tag", "value": tag})
    plain = plain_mailbox(mailbox, tag, provider)
    if provider and plain != local:
        facts.append({"name": "same mailbox", "value": f"{plain}@{domain}", "kind": "email"})
    return {
        "summary": describe(is_role, provider, domain, tag),
        "facts": facts,
        "tags": [name for name, is_so in [("role-account", is_role), ("free-mail", provider), ("tagged", tag)] if is_so],
        "links": [],
    }


def plain_mailbox(mailbox, tag, provider):
    plain = mailbox.replace(".", "") if provider in DOTLESS else mailbox
    # Where tags are not known to be delivered to the same mailbox, they stay.
    return plain if not tag or provider in TAGGED else f"{plain}+{tag}"


def describe(is_role, provider, domain, tag):
    owner = "Role account" if is_role else "Mailbox"
    place = f"at {provider}" if provider else f"in {domain}"
    return f"{owner} {place}, tagged {tag}" if tag else f"{owner} {place}"
