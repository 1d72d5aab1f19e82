/** What other rooms use of this one. */
export { OfflineBackend, type Output } from './backend.ts';
export { type Engine, type EngineOptions, ensureEngine } from './engine.ts';
export { type OfflinePreviewOptions, offlinePreview } from './preview.ts';
