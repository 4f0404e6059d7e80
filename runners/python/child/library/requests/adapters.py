"""Names that code mounts on a session. Retries and pools are the host's business."""


class HTTPAdapter:
    def __init__(self, *arguments, **options):
        pass


class Retry:
    def __init__(self, *arguments, **options):
        pass
