function geometry = parse_geometry(caller, geometry, args)
%PARSE_GEOMETRY Parse the options of convolution and pooling.
%   G = PARSE_GEOMETRY(CALLER, G, ARGS) fills in the structure G, which holds the
%   defaults of all options of CALLER:
%
%   `pad`::     P or [TOP BOTTOM LEFT RIGHT], returned as the latter
%   `stride`::  S or [VERTICAL HORIZONTAL]
%   `dilate`::  D or [VERTICAL HORIZONTAL]
%   `method`::  text
%
%   Options that only select MatConvNet's GPU code are ignored. Arrays in ARGS ask
%   for derivatives, which is an error.

flags = {'cudnn', 'nocudnn', 'verbose', 'noderdata', 'noderfilters', ...
  'noderbiases'};
geometry.cudnnworkspacelimit = [];
geometry = parse_options(caller, geometry, args, flags);
geometry.pad = whole_numbers(caller, 'pad', geometry.pad, 4, 0);
geometry.stride = whole_numbers(caller, 'stride', geometry.stride, 2, 1);
if isfield(geometry, 'dilate')
  geometry.dilate = whole_numbers(caller, 'dilate', geometry.dilate, 2, 1);
end
end
