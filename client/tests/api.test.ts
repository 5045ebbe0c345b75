import { describe, expect, it } from 'vitest';

import { Api, ApiError, ConnectionError } from '../src/net/api';

function answering(status: number, type: string, body: string): Api {
  return new Api(() =>
    Promise.resolve(new Response(body, { status, headers: { 'Content-Type': type } })),
  );
}

describe('the API', () => {
  it('turns a problem into an error with its sentence', async () => {
    const api = answering(413, 'application/problem+json', '{"detail":"The file is too large."}');
    const error: unknown = await api.walk().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 413, message: 'The file is too large.' });
  });

  it('has a sentence for an answer that is none of ours', async () => {
    await expect(answering(502, 'text/html', '<html>').walk()).rejects.toThrow('502');
  });

  it('tells a server that is gone from one that says no', async () => {
    const api = new Api(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(api.health()).rejects.toBeInstanceOf(ConnectionError);
  });

  it('knows an image that the server has forgotten', async () => {
    const forgotten = answering(404, 'application/problem+json', '{"detail":"unknown"}');
    expect(await forgotten.hasImage('x')).toBe(false);
    expect(await answering(200, 'image/jpeg', '').hasImage('x')).toBe(true);
    await expect(answering(500, 'text/plain', '').hasImage('x')).rejects.toBeInstanceOf(ApiError);
  });

  it('keeps the characters of an id within their part of the path', async () => {
    const asked: string[] = [];
    const api = new Api((url) => {
      asked.push(url);
      return Promise.resolve(new Response('{}'));
    });
    await api.hall('a/b?c');
    expect(asked).toEqual(['api/networks/a%2Fb%3Fc/hall']);
  });

  it('asks for a view by an address of its own, the same for the same view', async () => {
    const asked: string[] = [];
    const api = new Api((url) => {
      asked.push(url);
      return Promise.resolve(new Response('{}'));
    });
    await api.hall('n', { collapsed: ['b&c', 'a'], course: 'spiral' });
    await api.hall('n', { collapsed: ['a', 'b&c'], course: 'spiral' });
    await api.hall('n', { depth: 0, course: 'straight' });
    await api.hall('n', { collapsed: [] });
    const collapsed = 'api/networks/n/hall?collapsed=a&collapsed=b%26c&course=spiral';
    expect(asked).toEqual([collapsed, collapsed, 'api/networks/n/hall?depth=0', 'api/networks/n/hall']);
  });
});
