"""Who asks. A secret that the host adds by itself needs none of this."""

from base64 import b64encode


class AuthBase:
    def __call__(self, request):
        raise NotImplementedError('An auth is called with the request and gives it back')


class HTTPBasicAuth(AuthBase):
    def __init__(self, username, password):
        self.username, self.password = username, password

    def __call__(self, request):
        request.headers['Authorization'] = 'Basic ' + b64encode(f'{self.username}:{self.password}'.encode()).decode()
        return request
