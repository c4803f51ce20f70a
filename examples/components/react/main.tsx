import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Total } from './Total.tsx';

function App() {
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

createRoot(document.body.appendChild(document.createElement('main'))).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
