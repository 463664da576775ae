"""The digest of a run's config, computed again: python3 config_digest.py STORE RUN (its number).

The rules are in docs/canonical-json.md: RFC 8785, written here with Python's standard library alone.
"""
import decimal, hashlib, json, sqlite3, sys


def number(value):
    """ECMAScript's text of a float: the fewest digits, an exponent below 1e-6 and from 1e21 on."""
    sign, digits, exponent = decimal.Decimal(repr(value)).normalize().as_tuple()
    digits, point = "".join(map(str, digits)), len(digits) + exponent
    if value == 0:
        return "0"
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if digits[1:] else "") + f"e{point - 1:+d}"
    return "-" * sign + text


def canonical(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    store, run = sys.argv[1:]
    database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    text, stored = database.execute(
        "SELECT config.json, config.digest FROM run JOIN config ON config.id = run.config WHERE run.id = ?", (run,)
    ).fetchone()
    digest = hashlib.sha256(canonical(json.loads(text)).encode()).hexdigest()
    print(digest)
    sys.exit(0 if digest == stored else f"the store has {stored}")
