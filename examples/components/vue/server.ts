import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import App from './App.vue';

/** Renders the page as a server does. */
export const rendered = renderToString(createSSRApp(App));
