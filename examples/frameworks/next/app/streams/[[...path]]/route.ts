import { contract } from 'rxsse/contract';
import * as mine from '../../mine/route.ts';
import * as ofUser from '../../orders/[user]/route.ts';
import * as all from '../../orders/route.ts';

const page = contract({ '/orders': [all.GET, all.POST], '/orders/:user': ofUser.GET, '/mine': mine.GET });

export { page as GET };
