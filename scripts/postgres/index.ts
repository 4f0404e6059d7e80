export { findBinaries } from './binaries.ts'
export { openCluster, type Cluster } from './cluster.ts'
export { startServer, type PostgresServer } from './server.ts'
