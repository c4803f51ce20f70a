import { defineConfig } from 'vitepress';
import { routeOf } from '../links.ts';
import { sections } from '../pages.ts';

const sidebar = [
  ...sections.map(({ title, pages }) => ({
    text: title,
    items: [
      ...pages.map((page) => ({ text: page.title, link: `/${routeOf(page.file)}` })),
      ...(title === 'For maintainers' ? [{ text: 'Decisions', link: '/decisions' }] : []),
      ...(title === 'Reference' ? [{ text: 'API', link: '/reference/' }] : []),
    ],
  })),
];

export default defineConfig({
  title: 'rxsse',
  description: 'Typed, resumable Server-Sent Events for Node',
  srcDir: '.src',
  srcExclude: ['public/**'],
  outDir: 'dist',
  cleanUrls: true,
  lastUpdated: false,
  // The guides name the server that a reader has started.
  ignoreDeadLinks: 'localhostLinks',
  // The site works without a network: no font or script of another origin.
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  markdown: { theme: { light: 'github-light-default', dark: 'github-dark' } },
  vite: { logLevel: 'warn' },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'Options', link: '/options' },
      { text: 'API', link: '/reference/' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
  },
});
