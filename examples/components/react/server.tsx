import { renderToString } from 'react-dom/server';
import { App } from './App.tsx';

/** Renders the page as a server does. */
export const rendered = renderToString(<App />);
