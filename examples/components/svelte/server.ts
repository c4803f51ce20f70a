import { render } from 'svelte/server';
import App from './App.svelte';

/** Renders the page as a server does. */
export const rendered = render(App).body;
