import { useState } from 'react';
import { Total } from './Total.tsx';

export function App() {
  const [shop, setShop] = useState<string | undefined>('north');
  return (
    <>
      {['north', 'south'].map((name) => (
        <button type="button" key={name} onClick={() => setShop(name)}>
          {name}
        </button>
      ))}
      <button type="button" onClick={() => setShop(undefined)}>
        none
      </button>
      {shop !== undefined && <Total shop={shop} />}
    </>
  );
}
