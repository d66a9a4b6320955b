"""Contains all the data models used in inputs/outputs; each is imported when it is first used"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .account_amount import AccountAmount
    from .account_balance import AccountBalance
    from .account_transaction import AccountTransaction
    from .aspect_ratio import AspectRatio
    from .catalogue_info import CatalogueInfo
    from .catalogue_model import CatalogueModel
    from .catalogue_pricing import CataloguePricing
    from .catalogue_unit import CatalogueUnit
    from .catalogue_variant import CatalogueVariant
    from .catalogue_variant_when import CatalogueVariantWhen
    from .created_error import CreatedError
    from .created_generation import CreatedGeneration
    from .created_meta import CreatedMeta
    from .created_usage import CreatedUsage
    from .created_video import CreatedVideo
    from .fetched_generation import FetchedGeneration
    from .fetched_meta import FetchedMeta
    from .fetched_usage import FetchedUsage
    from .fetched_video import FetchedVideo
    from .generation_request import GenerationRequest
    from .list_models_include import ListModelsInclude
    from .list_requests_period import ListRequestsPeriod
    from .log_pagination import LogPagination
    from .logged_request import LoggedRequest
    from .logged_tokens import LoggedTokens
    from .metrics_of_model import MetricsOfModel
    from .model import Model
    from .model_list import ModelList
    from .model_metrics import ModelMetrics
    from .recent_durations import RecentDurations
    from .recent_metrics import RecentMetrics
    from .request_log import RequestLog
    from .request_status import RequestStatus
    from .resolution import Resolution
    from .transaction_page import TransactionPage

_MODULES = {
    "AccountAmount": ".account_amount",
    "AccountBalance": ".account_balance",
    "AccountTransaction": ".account_transaction",
    "AspectRatio": ".aspect_ratio",
    "CatalogueInfo": ".catalogue_info",
    "CatalogueModel": ".catalogue_model",
    "CataloguePricing": ".catalogue_pricing",
    "CatalogueUnit": ".catalogue_unit",
    "CatalogueVariant": ".catalogue_variant",
    "CatalogueVariantWhen": ".catalogue_variant_when",
    "CreatedError": ".created_error",
    "CreatedGeneration": ".created_generation",
    "CreatedMeta": ".created_meta",
    "CreatedUsage": ".created_usage",
    "CreatedVideo": ".created_video",
    "FetchedGeneration": ".fetched_generation",
    "FetchedMeta": ".fetched_meta",
    "FetchedUsage": ".fetched_usage",
    "FetchedVideo": ".fetched_video",
    "GenerationRequest": ".generation_request",
    "ListModelsInclude": ".list_models_include",
    "ListRequestsPeriod": ".list_requests_period",
    "LogPagination": ".log_pagination",
    "LoggedRequest": ".logged_request",
    "LoggedTokens": ".logged_tokens",
    "MetricsOfModel": ".metrics_of_model",
    "Model": ".model",
    "ModelList": ".model_list",
    "ModelMetrics": ".model_metrics",
    "RecentDurations": ".recent_durations",
    "RecentMetrics": ".recent_metrics",
    "RequestLog": ".request_log",
    "RequestStatus": ".request_status",
    "Resolution": ".resolution",
    "TransactionPage": ".transaction_page",
}

__all__ = (
    "AccountAmount",
    "AccountBalance",
    "AccountTransaction",
    "AspectRatio",
    "CatalogueInfo",
    "CatalogueModel",
    "CataloguePricing",
    "CatalogueUnit",
    "CatalogueVariant",
    "CatalogueVariantWhen",
    "CreatedError",
    "CreatedGeneration",
    "CreatedMeta",
    "CreatedUsage",
    "CreatedVideo",
    "FetchedGeneration",
    "FetchedMeta",
    "FetchedUsage",
    "FetchedVideo",
    "GenerationRequest",
    "ListModelsInclude",
    "ListRequestsPeriod",
    "LoggedRequest",
    "LoggedTokens",
    "LogPagination",
    "MetricsOfModel",
    "Model",
    "ModelList",
    "ModelMetrics",
    "RecentDurations",
    "RecentMetrics",
    "RequestLog",
    "RequestStatus",
    "Resolution",
    "TransactionPage",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name], __name__), name)
