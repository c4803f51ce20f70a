export type { ContractOptions, ContractRoutes, MountedRoute } from './ContractOptions.ts';
export { type ContractHandler, type ContractResponse, contract } from './contract.ts';
export type { JsonSchema } from './JsonSchema.ts';
