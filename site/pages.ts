/** A page of the site: its file in the repository, and its title in the sidebar. */
interface Page {
  readonly file: string;
  readonly title: string;
}

interface Section {
  readonly title: string;
  readonly pages: readonly Page[];
}

function page(file: string, title: string): Page {
  return { file, title };
}

/** The sections of the sidebar in order. A file of `docs` that is in none fails the build. */
export const sections: readonly Section[] = [
  {
    title: 'Start',
    pages: [
      page('docs/getting-started.md', 'Getting started'),
      page('docs/when-not-to-use-it.md', 'When not to use it'),
      page('docs/coming-from.md', 'Coming from another library'),
      page('docs/coming-from-resumable-stream.md', 'Coming from resumable-stream'),
    ],
  },
  {
    title: 'Guides',
    pages: [
      page('docs/codecs.md', 'Typed events'),
      page('docs/schemas.md', 'Schemas of other libraries'),
      page('docs/operators.md', 'Composing'),
      page('docs/feeds.md', 'Feeds and resuming'),
      page('docs/recipes/client.md', 'The typed client'),
      page('docs/components.md', 'Components'),
      page('docs/browser-lifecycle.md', 'The life of a page'),
      page('docs/testing.md', 'Testing with marbles'),
      page('docs/recipes/state.md', 'State, then changes'),
      page('docs/recipes/jobs.md', 'Jobs, errors, stopping'),
      page('docs/recipes/durable-jobs.md', 'Jobs that survive a restart'),
      page('docs/model-streams.md', 'Streams of a model'),
      page('docs/agents.md', 'Chat clients that resume'),
      page('docs/recipes/protocols.md', 'Other protocols'),
    ],
  },
  {
    title: 'In production',
    pages: [
      page('docs/recipes/production.md', 'Running in production'),
      page('docs/frameworks.md', 'Frameworks'),
      page('docs/recipes/servers.md', 'Servers and proxies'),
      page('docs/scale.md', 'Scaling out'),
      page('docs/logs.md', 'Logs'),
      page('docs/redis.md', 'Redis'),
      page('docs/postgres.md', 'PostgreSQL'),
      page('docs/recipes/monitoring.md', 'Monitoring'),
      page('docs/tracing.md', 'Tracing'),
      page('docs/contract.md', 'The contract page'),
      page('docs/inspector.md', 'The inspector'),
      page('SECURITY.md', 'Security'),
      page('docs/troubleshooting.md', 'Troubleshooting'),
    ],
  },
  {
    title: 'Reference',
    pages: [
      page('docs/options.md', 'Options'),
      page('docs/errors.md', 'Errors'),
      page('docs/promises.md', 'Promises'),
      page('docs/wire.md', 'The wire format'),
      page('docs/glossary.md', 'Glossary'),
      page('docs/performance.md', 'Performance'),
      page('CHANGELOG.md', 'Changes'),
    ],
  },
  {
    title: 'For maintainers',
    pages: [
      page('CONTRIBUTING.md', 'Contributing'),
      page('docs/architecture.md', 'Architecture'),
      page('docs/mutation.md', 'Mutation testing'),
    ],
  },
];
