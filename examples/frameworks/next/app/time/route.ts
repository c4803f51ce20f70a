import { interval } from 'rxjs';
import { sse } from 'rxsse/fetch';

export const GET = sse({ heartbeat: 100 }, interval(1000));
