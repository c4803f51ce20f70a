import { expect } from 'chai';
import type { Connection } from '../../lib/sink/Connection.ts';
import type { EventEncoder } from '../../lib/sink/EventEncoder.ts';
import type { StreamResponse } from '../../lib/sink/StreamResponse.ts';
import { StreamWriter } from '../../lib/sink/StreamWriter.ts';

describe('the position of a heartbeat', () => {
  it('is not sent while an event waits for the end of its burst, since it would be that of a later entry', () => {
    const connection = { state: 'open', isWaiting: false, checkSocket: () => true, checkBusy: () => false };
    let sent = 0;
    const encoder = {
      get sent() {
        return sent;
      },
      encode: String,
      withId: (text: string) => `id: ${++sent}\ndata: ${text}\n\n`,
      positionFrame: () => 'id: 7\nevent: rxsse.position\ndata:\n\n',
    };
    const response = { later: () => {} };
    const writer = new StreamWriter(
      connection as unknown as Connection,
      encoder as unknown as EventEncoder,
      response as unknown as StreamResponse,
    );
    expect(writer.takePositionFrame()).to.contain('id: 7');
    writer.next('a');
    expect(writer.takePositionFrame()).to.equal('');
  });
});
