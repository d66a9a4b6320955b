class WanError(Exception): pass
class ContractError(WanError): pass
