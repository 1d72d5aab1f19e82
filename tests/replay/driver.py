"""Calls AWS through botocore, one JSON line in, one out: validated by its models, sent to the endpoint it is given."""

import importlib
import json
import re
import sys

import boto3
import botocore
import jmespath
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError

from moto.backend_index import backend_url_patterns
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores

ENDPOINT, REGION = sys.argv[1:3]
SESSION = boto3.Session(
    aws_access_key_id='test', aws_secret_access_key='test', region_name=REGION
)
# Nothing is asked twice: an error is an answer.
CONFIG = Config(retries={'total_max_attempts': 1}, s3={'addressing_style': 'path'})
CLIENTS: dict = {}


def client(service: str):
    if service not in CLIENTS:
        CLIENTS[service] = SESSION.client(
            service, endpoint_url=ENDPOINT, config=CONFIG
        )
    return CLIENTS[service]


def is_implemented(service: str, operation: str) -> bool:
    """Whether moto has a method for it: of one that has none, its error says nothing."""
    real = SESSION.client(service).meta.endpoint_url
    packages = {name for name, pattern in backend_url_patterns if re.match(pattern, real)}
    method = camelcase_to_underscores(operation)
    for package in packages:
        module = importlib.import_module(f'moto.{package}.responses')
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, BaseResponse) and hasattr(value, method):
                return True
    return False


def ask(service: str, operation: str, params: dict, every: bool):
    made, method = client(service), xform_name(operation)
    if every and made.can_paginate(method):
        return made.get_paginator(method).paginate(**params).build_full_result()
    return getattr(made, method)(**params)


def answer(service: str, operation: str, params: dict, paths: dict, every: bool) -> dict:
    try:
        reply = ask(service, operation, params, every)
    except ParamValidationError as error:
        return {'outcome': 'invalid', 'message': str(error)}
    except (ClientError, HTTPClientError) as error:
        if not is_implemented(service, operation):
            return {'outcome': 'not in moto'}
        code = getattr(error, 'response', {}).get('Error', {}).get('Code', type(error).__name__)
        return {'outcome': 'refused', 'code': code, 'message': str(error)}
    reply = json.loads(json.dumps(reply, default=str))
    found = {name: jmespath.search(path, reply) for name, path in paths.items()}
    return {'outcome': 'done', 'found': found}


def main() -> None:
    print(json.dumps({'botocore': botocore.__version__, 'folder': botocore.__path__[0]}), flush=True)
    for line in sys.stdin:
        call = json.loads(line)
        found = answer(**call)
        print(json.dumps(found), flush=True)


main()
