export { BadEnvironment, readConfig, type Config } from './config/env.ts'
export { migrateDatabase, openApp, type App } from './open-app.ts'
export { tidyHeapWhenIdle } from './system/tidy-heap.ts'
export { refuseUnreadable } from './http/refuse-unreadable.ts'
