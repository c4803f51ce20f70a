export type { JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';
export type { ContractOptions, ContractRoutes, MountedRoute } from './ContractOptions.ts';
export { type ContractHandler, contract } from './contract.ts';
