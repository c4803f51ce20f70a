import { shopTotal } from '../shopTotal.ts';
import { useStream } from './useStream.ts';

export function Total({ shop }: { readonly shop: string }) {
  const { value, status, gap, error } = useStream(() => shopTotal(shop), [shop]);
  return (
    <p>
      {value} {status}
      {gap && <strong> (orders are missing)</strong>}
      {status === 'failed' && <em> {String(error)}</em>}
    </p>
  );
}
