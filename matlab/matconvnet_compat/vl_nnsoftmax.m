function y = vl_nnsoftmax(x, varargin)
%VL_NNSOFTMAX Softmax over the channels.
%   Y = VL_NNSOFTMAX(X) is, at each position and for each image,
%
%     Y(h, w, c, n) = exp(X(h, w, c, n)) / sum_d exp(X(h, w, d, n))
%
%   X and Y are H x W x C x N. Asking for derivatives is an error.

check_data('vl_nnsoftmax', x);
no_options('vl_nnsoftmax', varargin);
% Subtracting the maximum keeps exp from overflowing.
y = exp(x - max(x, [], 3));
y = y ./ sum(y, 3);
end
