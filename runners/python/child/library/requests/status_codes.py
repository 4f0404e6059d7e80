"""`requests.codes.not_found`, `requests.codes['not_found']`."""

from http import HTTPStatus


class _Codes:
    def __init__(self):
        for status in HTTPStatus:
            setattr(self, status.name.lower(), int(status))

    def __getitem__(self, name):
        return getattr(self, name)


codes = _Codes()


def phrase_of(status):
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ''
