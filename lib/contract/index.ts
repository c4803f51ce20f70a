export type { JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';
export type { ContractOptions, ContractRoutes, MountedRoute } from './ContractOptions.ts';
export { type ContractHandler, type ContractResponse, contract } from './contract.ts';
